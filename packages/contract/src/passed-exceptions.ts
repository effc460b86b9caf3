/**
 * The name under which exceptions travel in a pack's configuration. CLIs that do not know exceptions leave out the field
 * that carries them, but give the pack, unchecked, what is configured under a name that is no policy's. No policy can have
 * this name, because the names of policies have no colon.
 *
 * https://github.com/pulumi/pulumi/blob/v3.200.0/pkg/resource/analyzer/config.go
 */
export const EXCEPTIONS_ENTRY = "quillon:exceptions";

/** What stands under `EXCEPTIONS_ENTRY`. */
export interface ExceptionsEntry {
  /**
   * Means nothing, and must be there: an entry for a name that is no policy's has no level to fall back on, and a CLI ends the run
   * when an entry has none (`invalid enforcement level ""`).
   *
   * https://github.com/pulumi/pulumi/blob/v3.200.0/sdk/go/common/resource/plugin/analyzer_plugin.go
   */
  enforcementLevel: "advisory";

  /** By id. */
  exceptions: Record<string, PassedException>;
}

/** An exception that is in effect when the update begins. */
export interface PassedException {
  reason: string;

  /** RFC 3339; absent without an end. It is only shown: the server alone decides what is in effect. */
  expiresAt?: string;

  /** A violation is excepted when one of these has both its policy and its URN, byte for byte. */
  match: { policies: string[]; targets: string[] }[];
}
