/** A label as a step of a path: what has a meaning there is written with a backslash. */
export const stepOf = (label: string): string => label.replace(/[\][|/=()!,\\\s]/g, '\\$&');
