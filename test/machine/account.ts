import type { Credentials } from "../../sandbox/aws/access";
import { AwsAccount } from "../../sandbox/aws/account";
import type { Instance } from "../../sandbox/aws/compute";

export const PARAMETER = "/smarthost/mail/password";

/** An account with a parameter, a role that may read it, and an instance in that role. */
export async function accountWithInstance(
  resource?: string,
): Promise<{ account: AwsAccount; instance: Instance; credentials: Credentials }> {
  const account = new AwsAccount();
  const version = "2012-10-17";
  const statement = (rest: object) =>
    JSON.stringify({ Version: version, Statement: [{ Effect: "Allow", ...rest }] });
  account.access.createRole({
    name: "relay-role",
    path: "/",
    description: undefined,
    maxSessionDuration: 3600,
    assumeRolePolicy: statement({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
    tags: {},
  });
  const allowed = resource ?? account.arn("ssm", `parameter${PARAMETER}`);
  account.access.putRolePolicy(
    "relay-role",
    "password",
    statement({ Action: "ssm:GetParameter", Resource: allowed }),
  );
  account.access.createProfile({ name: "relay-profile", path: "/", role: "relay-role", tags: {} });
  const value = "SG.password";
  const written = { name: PARAMETER, type: "SecureString" as const, value, description: undefined, tags: {} };
  await account.parameters.put(written, { overwrite: false });
  const [image] = account.images;
  const [subnet] = account.subnets;
  if (image === undefined || subnet === undefined) {
    throw new Error("the account has no image or no subnet");
  }
  const instance = await account.compute.launch({
    image,
    subnet: { ...subnet, cidrBlock: "127.0.0.0/24" },
    metadata: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    userData: "#cloud-config\n",
    instanceType: "t4g.nano",
    publicAddress: false,
    securityGroupIds: [],
    profile: "relay-profile",
    tags: {},
  });
  const granted = account.credentialsFor(instance.id);
  if (granted === undefined) {
    throw new Error("the instance has no role");
  }
  return { account, instance, credentials: granted.credentials };
}
