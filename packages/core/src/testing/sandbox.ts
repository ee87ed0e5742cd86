/** The real upstream for tests, from its source: core depends on no other package, not even to be tested. */
export {
  createSandbox,
  type Fault as SandboxFault,
  longText,
  type Sandbox,
  type SandboxOptions,
} from "../../../sandbox/src/index.js";
