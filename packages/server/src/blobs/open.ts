import { join } from "node:path";
import { diskBlobs } from "./disk.ts";
import type { BlobStore, HoldingStore, S3Place } from "./types.ts";

/** The blob store that the settings name: a bucket, else the folder in the data folder. */
export async function openBlobs({ data, blobs }: { data: string; blobs?: S3Place | undefined }): Promise<BlobStore> {
  return blobs ? openBucket(blobs) : diskBlobs(join(data, "blobs"));
}

/** S3's client is loaded only where there is a bucket, because it is large. */
export async function openBucket(place: S3Place): Promise<HoldingStore> {
  const { s3Blobs } = await import("./s3.ts");
  return s3Blobs(place);
}
