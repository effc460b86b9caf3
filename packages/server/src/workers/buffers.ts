/** The same bytes as a Buffer, which becomes a Uint8Array when it goes to another thread. */
export function bufferOf<M extends ArrayBufferLike>({ buffer, byteOffset, byteLength }: Uint8Array<M>): Buffer<M> {
  return Buffer.from(buffer, byteOffset, byteLength) as Buffer<M>;
}

/** The memory of some bytes, each once. */
export function memoryOf(bytes: readonly Uint8Array<ArrayBuffer>[]): ArrayBuffer[] {
  return [...new Set(bytes.map(({ buffer }) => buffer))];
}
