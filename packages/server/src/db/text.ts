/** Whether a column of text can hold it. What has a NUL or half of a surrogate pair can be in JSON, but not be read from it by SQL. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}
