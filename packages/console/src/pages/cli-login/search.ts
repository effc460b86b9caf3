export interface CliLogin {
  /** Where the CLI listens on this machine. Absent when it is not a port. */
  cliSessionPort?: number;
  /** Goes back to the CLI, which then knows that the answer is for it. */
  cliSessionNonce?: string;
  /** What the CLI says of itself. */
  cliSessionDescription?: string;
}

/** The parameters with which the CLI opens the page. */
export function readCliLogin(search: Record<string, unknown>): CliLogin {
  const port = Number(search.cliSessionPort);
  const { cliSessionNonce: nonce, cliSessionDescription: description } = search;
  return {
    ...(Number.isInteger(port) && port > 0 && port < 65_536 && { cliSessionPort: port }),
    ...(nonce !== undefined && nonce !== "" && { cliSessionNonce: String(nonce) }),
    ...(typeof description === "string" && description !== "" && { cliSessionDescription: description.slice(0, 200) }),
  };
}

/** Where the CLI waits for its access token: on this machine whatever the port is, because who gets this address gets the token. */
export function answerTo({ cliSessionPort, cliSessionNonce = "" }: CliLogin, accessToken: string): string {
  const address = new URL("http://localhost/");
  address.port = String(cliSessionPort);
  address.search = String(new URLSearchParams({ accessToken, nonce: cliSessionNonce }));
  return address.href;
}
