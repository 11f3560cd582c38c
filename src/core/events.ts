/** What a long piece of work says while it runs; the command shows it, the page shows the same. */
export type VolterraEvent =
  | { readonly kind: "stage"; readonly name: string; readonly detail?: string }
  | {
      readonly kind: "progress";
      readonly name: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: "warning"; readonly code: string; readonly message: string };

export type Emit = (event: VolterraEvent) => void;

/** For callers that do not listen. */
export const silent: Emit = () => {};
