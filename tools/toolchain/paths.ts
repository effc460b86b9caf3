import { join } from "node:path";
import { repositoryDir } from "../repository.ts";

/** The folder that `npm run toolchain` fills. */
export const cacheDir = join(repositoryDir, ".cache", "toolchain");

/** The pinned CLI, with the language hosts and launchers next to it, because that is where the CLI looks for them. */
export const binDir = join(cacheDir, "bin");

/** The echo provider and links to it. Programs use it when this is on the PATH; the CLI then warns once for each provider. */
export const providersDir = join(cacheDir, "providers");

export const echoProvider = join(providersDir, "pulumi-resource-echo");

/** Shows what the pinned CLI does with the archives of policy packs. */
export const unpackArchives = join(cacheDir, "unpack-archives");

/** Calls a server's routes with Pulumi's own Go client of its API (`tools/conformance`). */
export const conformance = join(cacheDir, "conformance");

export const conformanceModule = join(repositoryDir, "tools", "conformance");

/** A server of S3 on a folder, for the tests of the blob store (`tools/toolchain-s3`). */
export const s3Server = join(cacheDir, "versitygw");

export const s3Module = join(repositoryDir, "tools", "toolchain-s3");
