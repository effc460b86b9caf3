import { join } from "node:path";

/** The folder of this package. The sources and the built files are both one folder below it. */
export const packageFolder = join(import.meta.dirname, "..");
