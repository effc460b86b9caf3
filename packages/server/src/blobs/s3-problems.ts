/** Of an S3 that can't be used. It has a sentence for the operator, which names no key. */
export class BlobsUnavailable extends Error {
  readonly code = "BLOBS_UNAVAILABLE";
}

/** By the code of S3's answer, by the client's own name of the error, or by the system's code. */
const PROBLEMS: Record<string, string> = {
  NoSuchBucket: "there is no such bucket. Make it, or correct",
  AccessDenied: "these credentials may not do that there. Let them get, put, list and delete objects in it, or correct",
  InvalidAccessKeyId: "it does not know this access key. Correct AWS_ACCESS_KEY_ID, or",
  SignatureDoesNotMatch: "the secret access key is wrong. Correct AWS_SECRET_ACCESS_KEY, or",
  ExpiredToken: "the credentials have expired. Give newer ones, or correct",
  RequestTimeTooSkewed: "the clock of this machine is wrong. Correct it, or",
  PermanentRedirect: "the bucket is in another region. Correct region in",
  AuthorizationHeaderMalformed: "the bucket is in another region. Correct region in",
  CredentialsProviderError:
    "there are no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role, or correct",
  TimeoutError: "it does not answer. Look at the network between, or correct endpoint in",
  ETIMEDOUT: "it does not answer. Look at the network between, or correct endpoint in",
  ECONNREFUSED: "nothing listens there. Start it, or correct endpoint in",
  ECONNRESET: "it ends the connection. Look at its log, or correct endpoint in",
  EHOSTUNREACH: "there is no way to that host. Look at the network between, or correct endpoint in",
  ENOTFOUND: "there is no such host name. Correct endpoint and region in",
  EAI_AGAIN: "the host name can't be looked up. Look at the network, or correct endpoint in",
  SlowDown: "it asks for fewer requests. Try again later, or correct",
};

/** Of answers that have no code of their own: a request by HEAD, or what is no S3. */
const STATUSES: Record<number, string> = {
  301: "PermanentRedirect",
  403: "AccessDenied",
};

/**
 * What an operator is told when S3 refuses or does not answer.
 *
 * @param place the store as it is shown to people.
 */
export function unavailable(place: string, error: unknown): BlobsUnavailable {
  const codes = codesOf(error);
  const problem = codes.map((code) => PROBLEMS[code]).find((known) => known !== undefined);
  const first = String((error as Error)?.message ?? error).split("\n")[0];
  const what = problem ?? `${first?.replace(/\.$/, "")}. Correct that, or`;
  return new BlobsUnavailable(`The blob store ${place} can't be used: ${what} --blobs (QUILLON_BLOBS).`, {
    cause: error,
  });
}

function codesOf(error: unknown): string[] {
  const { name, code, cause, $metadata } = (error ?? {}) as {
    name?: string;
    code?: string;
    cause?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const status = STATUSES[$metadata?.httpStatusCode ?? 0];
  const own = [name, code, status].filter((text) => typeof text === "string");
  return cause ? [...own, ...codesOf(cause)] : own;
}
