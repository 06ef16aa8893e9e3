import type { z } from "zod";
import type { ProviderContext } from "./context.js";
import { badParams } from "./errors.js";
import type { Json } from "./json.js";

/** One method of the provider. */
export interface ProviderMethod {
  readonly name: string;
  /** @throws ProviderRpcError, SeroError */
  call(context: ProviderContext, params: readonly unknown[], signal: AbortSignal): Promise<Json>;
}

/** Declares a method: its name, a zod tuple of its parameters, what it does. */
export function defineMethod<S extends z.ZodType>(method: {
  readonly name: string;
  readonly params: S;
  handle(context: ProviderContext, params: z.output<S>, signal: AbortSignal): Json | Promise<Json>;
}): ProviderMethod {
  return {
    name: method.name,
    async call(context, params, signal) {
      // Clients fill optional trailing parameters with null.
      let length = params.length;
      while (length > 0 && (params[length - 1] === null || params[length - 1] === undefined)) length--;
      const parsed = method.params.safeParse(params.slice(0, length));
      if (!parsed.success) throw badParams(`The parameters of ${method.name} do not fit: ${describe(parsed.error)}.`);
      return method.handle(context, parsed.data, signal);
    },
  };
}

function describe({ issues }: z.ZodError): string {
  const issue = issues[0];
  if (issue === undefined) return "see its documentation";
  const place = issue.path.length > 0 ? `at ${issue.path.join(".").slice(0, 100)}, ` : "";
  return `${place}${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1, 300)}`;
}
