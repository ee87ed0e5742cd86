import { programOptions } from "../../scripts/tsup-options.ts";

export default programOptions("src/laplas.ts");
