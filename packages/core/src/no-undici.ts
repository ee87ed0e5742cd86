/** In place of undici where there is no Node: see `imports` in package.json, and create-transport.ts. */
export {};
