import { App, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useSettled } from "@/shared/hooks/useSettled";
import styles from "@/customers/components/ownership.module.css";
import { useRequestChange, useStaff, type RoleOut, type RoleRequestIn, type StaffOut } from "../rolesApi";

const SHORTEST = 4;

interface DialogProps {
  title: string;
  asked: Omit<RoleRequestIn, "reason"> | null;
  children?: React.ReactNode;
  onClose: () => void;
}

/** Ask for a change: what, and why; somebody else decides. */
function AskDialog({ title, asked, children, onClose }: DialogProps) {
  const { t } = useTranslation("access");
  const { message } = App.useApp();
  const [reason, setReason] = useState("");
  const request = useRequestChange();
  return (
    <Modal
      open
      title={title}
      okText={t("roles.ask")}
      okButtonProps={{ disabled: !asked || reason.trim().length < SHORTEST }}
      confirmLoading={request.isPending}
      onCancel={onClose}
      onOk={() =>
        asked &&
        request.mutate(
          { ...asked, reason },
          {
            onSuccess: () => {
              void message.success(t("roles.asked"));
              onClose();
            },
          },
        )
      }
    >
      <div className={styles.form}>
        {children}
        <label htmlFor="role-reason">
          {t("roles.reason")}
          <Input.TextArea
            id="role-reason"
            rows={2}
            maxLength={200}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
        <span className={styles.quiet}>{t("roles.how")}</span>
        {request.error && <ProblemView error={request.error} />}
      </div>
    </Modal>
  );
}

/** Give a person a role over the post of the staff file. */
export function GrantDialog({ roles, onClose }: { roles: RoleOut[]; onClose: () => void }) {
  const { t } = useTranslation(["access", "shared"]);
  const [typed, setTyped] = useState("");
  const [user, setUser] = useState<number | null>(null);
  const [role, setRole] = useState<string | null>(null);
  const found = useStaff(useSettled(typed.trim()));
  return (
    <AskDialog
      title={t("roles.grant")}
      asked={user !== null && role !== null ? { kind: "GRANT", user_id: user, role, right: "" } : null}
      onClose={onClose}
    >
      <label htmlFor="grant-user">
        {t("roles.person")}
        <Select
          id="grant-user"
          value={user}
          placeholder={t("roles.personHint")}
          showSearch={{ filterOption: false, onSearch: setTyped }}
          loading={found.isFetching}
          onChange={setUser}
          options={(found.data ?? []).map((person) => ({
            value: person.id,
            label: `${person.name} ${person.emp_no} · ${t(`shared:role.${person.role}`)} · ${person.org_name}`,
          }))}
        />
      </label>
      <label htmlFor="grant-role">
        {t("roles.role")}
        <Select
          id="grant-role"
          value={role}
          onChange={setRole}
          options={roles
            .filter(({ is_own }) => !is_own)
            .map((one) => ({ value: one.role, label: t(`shared:role.${one.role}`) }))}
        />
      </label>
    </AskDialog>
  );
}

/** Take a granted role back: the post of the staff file holds again. */
export function RevokeDialog({ person, onClose }: { person: StaffOut; onClose: () => void }) {
  const { t } = useTranslation(["access", "shared"]);
  return (
    <AskDialog
      title={t("roles.revoke")}
      asked={{ kind: "REVOKE", user_id: person.id, role: person.role, right: "" }}
      onClose={onClose}
    >
      <span>
        {t("roles.revokeOf", {
          name: person.name,
          role: t(`shared:role.${person.role}`),
          post: t(`shared:role.${person.post}`),
        })}
      </span>
    </AskDialog>
  );
}

interface RightProps {
  role: RoleOut;
  rights: string[];
  onClose: () => void;
}

/** Give a role a right, or take one away. */
export function RightDialog({ role, rights, onClose }: RightProps) {
  const { t } = useTranslation(["access", "shared"]);
  const [right, setRight] = useState<string | null>(null);
  const held = right !== null && role.rights.includes(right);
  return (
    <AskDialog
      title={t("roles.changeOf", { role: t(`shared:role.${role.role}`) })}
      asked={right ? { kind: held ? "RIGHT_OFF" : "RIGHT_ON", role: role.role, right } : null}
      onClose={onClose}
    >
      <label htmlFor="role-right">
        {t("roles.right")}
        <Select
          id="role-right"
          value={right}
          onChange={setRight}
          showSearch={{ optionFilterProp: "label" }}
          options={rights.map((one) => ({
            value: one,
            label: t(role.rights.includes(one) ? "roles.take" : "roles.give", {
              right: t(`right.${one}`, { defaultValue: one }),
            }),
          }))}
        />
      </label>
    </AskDialog>
  );
}
