import { expect, test } from "vitest";
import { normalBackend } from "./backend-url.ts";

test.each<[url: string, normal: string | undefined]>([
  ["s3://States", "s3://States"],
  ["s3://states/Team//a/", "s3://states/Team/a"],
  ["s3://states?region=eu-west-1&awssdk=v2&profile=ada", "s3://states"],
  ["s3://states?endpoint=minio.example:9000&s3ForcePathStyle=true", "s3://states?endpoint=minio.example%3A9000"],
  [
    "s3://states?endpoint=https://key:secret@minio.example:9000?token=secret",
    "s3://states?endpoint=https%3A%2F%2Fminio.example%3A9000",
  ],
  [
    "s3://states?endpoint=https://key:sec%2Fr@et@minio.example%23secret",
    "s3://states?endpoint=https%3A%2F%2Fminio.example",
  ],
  ["s3://states?endpoint=//key:secret@minio.example", "s3://states?endpoint=minio.example"],
  ["azblob://states?storage_account=acme", "azblob://states?storage_account=acme"],
  ["gs://states/", "gs://states"],
  ["postgres://ada:secret@db.example:5432/pulumi?sslmode=disable&password=secret", "postgres://db.example:5432/pulumi"],
  ["https://token:x@API.pulumi.com/", "https://api.pulumi.com"],
  ["https://api.pulumi.com?access_token=secret#secret", "https://api.pulumi.com"],
  ["file:///home/ada/States/", "file:///home/ada/States"],
  ["file:///a/../b", "file:///b"],
  ["file://~", undefined],
  ["file://relative/states", undefined],
  ["https://", undefined],
  ["states", undefined],
  ["", undefined],
  [`s3://${"a".repeat(1_000)}`, undefined],
])("%s is %s", (url, normal) => {
  expect(normalBackend(url)).toBe(normal);
  if (normal !== undefined) expect(normalBackend(normal)).toBe(normal);
});
