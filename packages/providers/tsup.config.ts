import { buildOptions } from "../../scripts/tsup-options.ts";

export default buildOptions();
