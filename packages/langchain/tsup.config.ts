import { buildOptions } from "../../scripts/tsup-options.ts";

export default buildOptions(["src/index.ts", "src/middleware.ts", "src/register.ts"]);
