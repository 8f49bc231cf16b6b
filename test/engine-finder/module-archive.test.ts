import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unpackModule } from "../../engine/module-archive";

/** A module of two files, go.mod and a/b.go, and its hash as Go's own dirhash package computes it. */
const archive = Buffer.from(
  "UEsDBBQAAAAAAAAAIVywcUGPFQAAABUAAAAbAAAAZXhhbXBsZS5jb20vbUB2MS4wLjAvZ28ubW9kbW9kdWxlIGV4YW1wbGUuY29t" +
    "L20KUEsDBBQAAAAAAAAAIVzFQjLJCgAAAAoAAAAbAAAAZXhhbXBsZS5jb20vbUB2MS4wLjAvYS9iLmdvcGFja2FnZSBhClBLAQIU" +
    "AxQAAAAAAAAAIVywcUGPFQAAABUAAAAbAAAAAAAAAAAAAACAAQAAAABleGFtcGxlLmNvbS9tQHYxLjAuMC9nby5tb2RQSwECFAMU" +
    "AAAAAAAAACFcxUIyyQoAAAAKAAAAGwAAAAAAAAAAAAAAgAFOAAAAZXhhbXBsZS5jb20vbUB2MS4wLjAvYS9iLmdvUEsFBgAAAAAC" +
    "AAIAkgAAAJEAAAAAAA==",
  "base64",
);
const hash = "h1:+I43Nawoyvfwwg/E3sizOqS80cj/RJFm+N8CM2GGT9U=";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smarthost-archive-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const unpack = async (zip: Buffer, prefix = "example.com/m@v1.0.0/") => {
  writeFileSync(join(folder, "m.zip"), zip);
  return await unpackModule(join(folder, "m.zip"), prefix, join(folder, "m"));
};

test("a module's archive is unpacked without its prefix, and its hash is Go's", async () => {
  expect(await unpack(archive)).toBe(hash);
  expect(readFileSync(join(folder, "m", "a", "b.go"), "utf8")).toBe("package a\n");
});

test("another content has another hash, and one that was damaged on the way is refused", async () => {
  const damaged = Buffer.from(archive);
  damaged[damaged.indexOf("package a")] = "P".charCodeAt(0);
  await expect(unpack(damaged).then((actual) => expect(actual).toBe(hash))).rejects.toThrow();
});

test("a file of another module is refused", async () => {
  await expect(unpack(archive, "example.com/other@v1.0.0/")).rejects.toThrow("is not below");
});
