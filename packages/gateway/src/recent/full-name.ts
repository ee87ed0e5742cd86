/** A model's name with that of its provider, where there are several to have it from. */
export function fullName(model: string, provider: string | undefined): string {
  return provider === undefined || model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
}
