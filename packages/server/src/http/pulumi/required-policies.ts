import { EXCEPTIONS_ENTRY, type ExceptionsEntry, type PassedException } from "@quillon/contract";
import type { ExceptedPack } from "../../actions/excepted-packs.ts";
import type { Ctx } from "../../context.ts";
import type { ActiveException } from "../../exceptions/index.ts";
import { verbatim } from "../../json/write.ts";
import { downloadUrl } from "./archive-urls.ts";

/**
 * A pack that a stack must run, in the form in which the CLI downloads and configures it:
 * https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/apitype/policy.go#L80
 *
 * @param toPack whether the pack is told of its exceptions, because the client's engine does not know them. It is told in its
 *   configuration, where other packs overlook it.
 */
export function requiredPolicyOf(ctx: Ctx, pack: ExceptedPack, toPack: boolean) {
  const { name, version, tag, displayName, versionId, environments } = pack;
  const hasExceptions = pack.exceptions.length > 0;
  const config = hasExceptions && toPack ? withExceptionsEntry(pack.config, entriesOf(pack, passedOf)) : pack.config;
  return {
    name,
    version,
    versionTag: tag ?? "",
    displayName,
    packLocation: downloadUrl(ctx, versionId),
    ...(config !== null && { config: verbatim(config) }),
    ...(environments.length > 0 && { environments }),
    // Also for clients that leave it out when they decode it, because it is not known which was the first that does not.
    ...(hasExceptions && {
      exceptions: verbatim(JSON.stringify(entriesOf(pack, ({ reason, match }) => ({ reason, match })))),
    }),
  };
}

function entriesOf<T>({ exceptions }: ExceptedPack, of: (exception: ActiveException) => T): Record<string, T> {
  return Object.fromEntries(exceptions.map((exception) => [exception.id, of(exception)]));
}

function passedOf({ reason, expiresAt, match }: ActiveException): PassedException {
  return { reason, ...(expiresAt && { expiresAt: expiresAt.toISOString() }), match };
}

/** The configuration's text with one more entry. The rest of it stays as it was sent, to the byte. */
export function withExceptionsEntry(config: string | null, exceptions: Record<string, PassedException>): string {
  const value: ExceptionsEntry = { enforcementLevel: "advisory", exceptions };
  const entry = `${JSON.stringify(EXCEPTIONS_ENTRY)}:${JSON.stringify(value)}`;
  const members = config?.trim().slice(1, -1) ?? "";
  return members.trim() === "" ? `{${entry}}` : `{${members},${entry}}`;
}
