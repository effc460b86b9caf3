/** A pack that did not start, or ended. The message says what it printed. */
export class PackFailed extends Error {
  override readonly name = "PackFailed";
}
