import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

const CLOUD_INIT_UNITS = [
  "cloud-init-local",
  "cloud-init",
  "cloud-config",
  "cloud-final",
  "cloud-init-main",
  "cloud-init-network",
];

const CLOUD_INIT = `datasource_list: [Ec2]
datasource: { Ec2: { metadata_urls: ["http://169.254.169.254"] } }
locale: C.UTF-8
`;

/**
 * What is done to a server's disk before its first boot, so that it takes the sandbox for EC2. User data knows
 * nothing of it. Each is a seam that real hardware or real certificates make needless:
 *
 * - its firmware's answers (DMI): a container sees the host's, so cloud-init is told "Amazon EC2";
 * - the data source: cloud-init looks for EC2's only, as in Debian's EC2 image, and at its address only: the name
 *   `instance-data` is tried otherwise, and nobody answers for 5 seconds so early in the boot;
 * - trust: the sandbox's authority, because nobody else signs for smtp.sendgrid.net and amazonaws.com here.
 *
 * @param root the server's root folder
 * @param authority the sandbox's CA certificate, PEM
 */
export async function applySeams(root: string, instanceId: string, authority: string): Promise<void> {
  const uuid = `ec2${instanceId.replace(/\D/g, "").padEnd(29, "0").slice(0, 29)}`.replace(
    /^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/,
    "$1-$2-$3-$4-$5",
  );
  const firmware = {
    "system-uuid": uuid,
    "system-serial-number": uuid,
    "system-manufacturer": "Amazon EC2",
    "system-product-name": "t4g.nano",
  };
  await write(root, "etc/cloud/cloud.cfg.d/99-sandbox.cfg", CLOUD_INIT);
  await write(
    root,
    "opt/sandbox/sitecustomize.py",
    [
      "try:",
      "    import cloudinit.dmi",
      `    firmware = ${JSON.stringify(firmware)}`,
      "    cloudinit.dmi.read_dmi_data = firmware.get",
      "except ImportError:",
      "    pass",
      "",
    ].join("\n"),
  );
  for (const unit of CLOUD_INIT_UNITS) {
    const dropIn = "[Service]\nEnvironment=PYTHONPATH=/opt/sandbox\n";
    await write(root, `etc/systemd/system/${unit}.service.d/sandbox.conf`, dropIn);
  }
  await write(root, "usr/local/share/ca-certificates/sandbox.crt", authority);
  await execa("chroot", [root, "update-ca-certificates"]);
}

async function write(root: string, path: string, content: string): Promise<void> {
  const file = join(root, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, content);
}
