/** This package's version, as in package.json: traces say which one made a call. */
export const VERSION = "0.1.0";
