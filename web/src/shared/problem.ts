import type { TFunction } from "i18next";

interface Body {
  code: string;
  message: string;
  place: string;
  remedy: string;
}

/** A refusal of the API, or a network that does not answer (status 0). */
export class Problem extends Error {
  readonly code: string;
  readonly place: string;
  readonly remedy: string;

  constructor(
    readonly status: number,
    body: Body,
  ) {
    super(body.message);
    this.code = body.code;
    this.place = body.place;
    this.remedy = body.remedy;
  }

  static async from(response: Response): Promise<Problem> {
    let body: Partial<Body> = {};
    try {
      body = (await response.clone().json()) as Partial<Body>;
    } catch {
      // not JSON: a proxy's page; the status says enough
    }
    return new Problem(response.status, {
      code: body.code ?? codeOf(response.status),
      message: body.message ?? "",
      place: body.place ?? "",
      remedy: body.remedy ?? "",
    });
  }
}

function codeOf(status: number): string {
  if (status === 401) return "signed_out";
  if (status === 403) return "not_allowed";
  if (status === 404) return "not_found";
  if (status === 422) return "invalid";
  return status >= 500 ? "server" : "error";
}

export interface ProblemText {
  title: string;
  remedy: string;
  /** The server's own words, where no text of ours says it better; else empty. */
  detail: string;
  retry: boolean;
}

/** What a person reads: the text of the code in their language. */
export function problemText(error: unknown, t: TFunction): ProblemText {
  const problem =
    error instanceof Problem ? error : new Problem(-1, { code: "page", message: "", place: "", remedy: "" });
  const text = (key: string) => t(`problem.${key}`, { ns: "shared", defaultValue: "" });
  const key = text(`${problem.code}.title`) ? problem.code : "error";
  return {
    title: text(`${key}.title`),
    remedy: text(`${key}.remedy`),
    detail: key === "error" ? problem.message : "",
    retry: problem.status <= 0 || problem.status >= 500,
  };
}
