/** What is wrong with a subdomain in front of its domain, or undefined. */
export function subdomainFault({
  subdomain,
  domain,
}: {
  subdomain: string;
  domain: string;
}): string | undefined {
  const length = `${subdomain}.${domain}`.length;
  if (length > 253) return `and domain have ${length} characters together: 253 is the most (RFC 1035)`;
  return subdomain === domain || subdomain.endsWith(`.${domain}`)
    ? `"${subdomain}" repeats the domain: give the labels below it only, such as em`
    : undefined;
}
