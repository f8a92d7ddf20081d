import i18next from "i18next";
import { describe, expect, it } from "vitest";
import { Problem, problemText } from "@/shared/problem";
import { speak } from "./i18n";

describe("a refusal is read in one's own language", () => {
  const problem = (code: string, place = "", message = "server words") =>
    new Problem(400, { code, message, place, remedy: "" });

  it("by its code", async () => {
    await speak("zh-hans");
    expect(problemText(problem("wrong_password"), i18next.t).title).toBe("员工号或密码不对");
    await speak("en");
    expect(problemText(problem("wrong_password"), i18next.t).title).toBe("Staff number or password is wrong");
  });

  it("with the server's words when the code is new", async () => {
    await speak("en");
    const text = problemText(problem("brand_new"), i18next.t);
    expect(text.detail).toBe("server words");
    expect(text.remedy).not.toBe("");
  });

  it("says that nothing was lost when the network fails, and offers to try again", async () => {
    await speak("zh-hans");
    const text = problemText(
      new Problem(0, { code: "network", message: "", place: "", remedy: "" }),
      i18next.t,
    );
    expect(text.remedy).toMatch(/没有丢/);
    expect(text.retry).toBe(true);
  });

  it("also when a proxy answers with a page instead of JSON", async () => {
    const answer = await Problem.from(new Response("<html>", { status: 502 }));
    expect(answer.code).toBe("server");
    expect(answer.status).toBe(502);
  });
});
