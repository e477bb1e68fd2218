/** Uploads are kept at least this long. */
export const uploadMilliseconds = 86_400_000;

/** Whether an account with this quota takes `sizeOctets` more; uploads that wait for an email count, too. */
export function isWithinQuota(
  quota: number | null,
  held: { readonly used: number; readonly uploaded: number },
  sizeOctets: number,
): boolean {
  return quota === null || held.used + held.uploaded + sizeOctets <= quota;
}
