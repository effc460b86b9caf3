import { outliveOutputs } from "./broken-output.ts";
import { errorMessage } from "./error-message.ts";
import { say } from "./output.ts";
import { programFor } from "./program.ts";

outliveOutputs();

programFor(process.argv.slice(2))
  .then((program) => program.parseAsync())
  .catch((error: unknown) => {
    say(`quillon: ${errorMessage(error)}`);
    process.exitCode = 1;
  });
