/** This package's version, as in package.json: clients of the MCP server show it. */
export const VERSION = "0.1.0";
