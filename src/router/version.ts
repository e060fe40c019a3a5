/** The version that `click --version` and the `version` handler tell. */
export const VERSION = "0.1.0";
