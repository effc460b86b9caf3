import { unknownType } from "@quillon/proto";

/**
 * A policy read a value that nobody knows before the update has run, such as an address that the cloud will choose.
 * Let it pass: it becomes the advisory "can't run policy … during preview", and the policy runs again in the update.
 *
 * @example
 * try {
 *   return args.props.address === "0.0.0.0";
 * } catch (error) {
 *   if (error instanceof UnknownValueError) return false;
 *   throw error;
 * }
 */
export class UnknownValueError extends Error {
  /** The string that stood in the value's place. */
  readonly unknownTypeSentinel: string;

  /** The path to the value, key by key. */
  readonly props: PropertyKey[];

  /**
   * @param unknownTypeSentinel The string that stands for the value. It throws when the string does not stand for an unknown value.
   * @param props The path to the value, key by key.
   */
  constructor(unknownTypeSentinel: string, props: PropertyKey[]) {
    const type = unknownType(unknownTypeSentinel);
    if (!type) throw new Error(`unknown value not recognized: ${unknownTypeSentinel}`);
    super(`${type} value at .${props.map(String).join(".")} can't be known during preview`);
    this.unknownTypeSentinel = unknownTypeSentinel;
    this.props = props;
  }
}
