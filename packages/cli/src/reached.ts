/**
 * What a server was asked, with an error for people when nothing answers.
 *
 * @param url what was asked, where the error does not say it
 */
export async function reached<T>(asked: Promise<T>, url?: string): Promise<T> {
  return asked.catch((error: Error) => {
    const { cause } = error;
    if (!(cause instanceof Error && "code" in cause)) throw error;
    const what = url ? `${new URL(url).origin} can't be reached: ${cause.message || cause.code}` : error.message;
    throw new Error(
      `${what}. Nothing was published. Look whether the server runs and its address is right: \`quillon doctor\` says more.`,
    );
  });
}
