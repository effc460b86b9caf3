import { errorMessage } from "./error-message.ts";
import { say } from "./output.ts";
import { programFor } from "./program.ts";

// Whoever reads the output has read enough, as with `quillon … | head`. What is being done is done to its end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

programFor(process.argv.slice(2))
  .then((program) => program.parseAsync())
  .catch((error: unknown) => {
    say(`quillon: ${errorMessage(error)}`);
    process.exitCode = 1;
  });
