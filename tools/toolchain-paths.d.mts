export declare const repositoryDir: string;

/** The folder that `npm run toolchain` fills. */
export declare const cacheDir: string;

/** The pinned CLI with the language hosts and launchers beside it, where it looks for them. */
export declare const binDir: string;

/** The echo provider and its links. Put it on the PATH to make programs run on it; the CLI then warns once per provider. */
export declare const providersDir: string;

/** The providers that the echo provider answers for, by the names of links to it. */
export declare const echoedProviders: string[];

/** Where the pinned CLI is, or one of the others that `npm run toolchain -- --all` builds. It need not be there yet. */
export declare function pinnedPulumi(version?: "3.200.0" | "3.250.0"): string;

export declare function isProgram(path: string): boolean;

export declare function findOnPath(name: string, path?: string): string | undefined;

/**
 * The Pulumi CLI to use: `QUILLON_PULUMI` first; then the pinned one, then the PATH (tests), or the other way round
 * with `prefer: "path"` (the demo). Undefined when there is none.
 *
 * @throws Error when `QUILLON_PULUMI` names something that can't be run
 */
export declare function findPulumi(options?: {
  prefer?: "pinned" | "path";
  env?: Record<string, string | undefined>;
}): string | undefined;

/**
 * Makes the echo provider (or another program) the installed plugin `name` at exactly `version` under a PULUMI_HOME,
 * so that the CLI finds it there without a warning and without a download.
 *
 * @throws Error when the provider is not built yet
 */
export declare function linkProvider(
  pulumiHome: string,
  provider: { name: string; version: string },
  target?: string,
): void;

/** Links every provider whose SDK is installed in the node_modules of a program, and says which. */
export declare function linkProvidersOf(
  programDir: string,
  pulumiHome: string,
  target?: string,
): { name: string; version: string }[];
