import { buildOptions } from "../../scripts/tsup-options.ts";

export default buildOptions(["src/index.ts"], ["src/laplas.ts"]);
