/** The sandbox's network, laid out as a VPC: all hosts but the booted servers are addresses on one bridge. */
export const VPC_CIDR = "10.77.0.0/16";
/** The VPC's only subnet, which is the bridge. */
export const SUBNET_CIDR = "10.77.0.0/24";

/** Who is where. Everything here is the sandbox's own process; only instances are machines of their own. */
export const ADDRESS = {
  /** The way out, and DHCP. */
  gateway: "10.77.0.1",
  /** DNS, UDP and TCP 53. */
  dns: "10.77.0.2",
  /** The substitute AWS API, 443. */
  awsApi: "10.77.0.5",
  /** The application that hands in mail. */
  application: "10.77.0.10",
  /** A host of the VPC that is not among the relay's clients. */
  stranger: "10.77.0.100",
  /** The emulated smart host, 587, 465, 2525 (and 25, which nobody reaches). */
  smartHost: "10.77.0.20",
  /** The recipient's mail server, 25. */
  inbox: "10.77.0.25",
  /** The instance metadata service, 80, at EC2's well-known address. */
  metadata: "169.254.169.254",
} as const;

/** An instance's MAC address, which follows from its IPv4 address as DHCP has to find it again. */
export function macOf(privateIp: string): string {
  const octets = privateIp.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return ["02", "77", ...octets].join(":");
}
