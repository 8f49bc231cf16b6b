import { stringify } from "yaml";
import { relayPackages } from "../../components/postfix-relay/server/setup";
import type { RelaySettings } from "../../components/postfix-relay/settings";

/**
 * What the relay is measured against: the same packages by cloud-init's own module, and nothing else. Recommended
 * packages are left out here as they are there.
 */
export function plainUserData(settings: RelaySettings): string {
  const path = "/etc/apt/apt.conf.d/90-no-recommends";
  return `#cloud-config\n${stringify({
    write_files: [{ path, content: 'APT::Install-Recommends "false";\n' }],
    package_update: true,
    packages: relayPackages(settings),
  })}`;
}
