import { errorMessage } from "./error-message.ts";
import { say } from "./output.ts";
import { programFor } from "./program.ts";

// Whoever reads an output has read enough, as with `quillon … | head`, or their terminal is gone. What is being done is done to its end.
for (const output of [process.stdout, process.stderr])
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });

programFor(process.argv.slice(2))
  .then((program) => program.parseAsync())
  .catch((error: unknown) => {
    say(`quillon: ${errorMessage(error)}`);
    process.exitCode = 1;
  });
