export const isAccepted = (code: number) => code >= 200 && code < 300;

/** What a webhook's destination said. 0 is the code of no answer. */
export function answerOf({ responseCode }: { responseCode: number }): string {
  return responseCode === 0 ? "no answer" : `answered ${responseCode}`;
}
