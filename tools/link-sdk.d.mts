/**
 * Puts the built SDK into a pack's node_modules, and names it in its manifest so that `npm pack` takes it along.
 *
 * @param built The built package; that of this repository unless given
 * @throws Error when it is not built, or `directory` is no pack
 */
export declare function linkSdk(directory: string, built?: string): { target: string; version: string };
