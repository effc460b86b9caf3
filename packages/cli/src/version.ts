import manifest from "../package.json" with { type: "json" };

/** The build puts it in. It is empty where the sources came without their repository, and missing where they run as they are. */
declare const QUILLON_COMMIT: string | undefined;

const commit = typeof QUILLON_COMMIT === "string" ? QUILLON_COMMIT : "";

/** Such as `0.1.0 (4ac6aa7a7775)`. */
export const version = commit ? `${manifest.version} (${commit})` : manifest.version;
