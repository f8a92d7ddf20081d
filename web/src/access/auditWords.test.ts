import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { speak } from "@/app/i18n";
import { auditReason } from "./auditWords";

describe("a reason in the audit trail, to a Chinese reader", () => {
  beforeAll(() => speak("zh-hans"));
  const read = (action: string, reason: string) => auditReason(i18next.t, action, reason);

  it.each([
    ["customer.reveal", "CALL", "联系客户"],
    ["oneid.decide", "SAME 客户本人确认", "同一人 客户本人确认"],
    ["role.request", "GRANT 0001001 BR_MGR: 接任", "授予角色 0001001 支行长: 接任"],
    ["role.approve", "RIGHT_ON RM export.request: 试点", "增加权限 客户经理 申请导出: 试点"],
    ["export.make", "rows 12 → 11", "行数 12 → 11"],
    ["audit.search", "who=0001001 action=customer.reveal", "员工 0001001 事项 查看明文"],
    ["history.search", "kind=handover who=0001001 by_system=True", "类别 移交单 员工 0001001 含系统改动"],
    ["session.start", "password totp", "密码 验证器应用"],
    ["session.refused", "wrong_password", "密码不对"],
    ["oneid.lead", "each his own 两地分居", "各自管户 两地分居"],
  ])("%s: %s", (action, reason, said) => expect(read(action, reason)).toBe(said));

  it("leaves a person's own words as they are", () => {
    expect(read("pool.return", "file closed at rows, see ABC")).toBe("file closed at rows, see ABC");
  });
});
