import { buildOptions } from "../../scripts/tsup-options.ts";

export default buildOptions(["src/index.ts", "src/continue-text.ts", "src/no-undici.ts", "src/no-cl100k.ts"]);
