/** A text id without its quotes; any other id stays Extended JSON. */
export function plainId(id: string): string {
  return id.startsWith('"') && id.endsWith('"') ? id.slice(1, -1) : id;
}
