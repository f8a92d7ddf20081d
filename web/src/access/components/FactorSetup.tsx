import { Alert, Button, Form, Input, QRCode, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useAddApp, useAddPasskey, useBeginApp, useRenewCodes } from "../api";
import styles from "./access.module.css";

export type What = "totp" | "webauthn" | "recovery_codes";

interface Props {
  what: What;
  /** The sign-in is no longer fresh: the password is asked again. */
  confirm: boolean;
  onDone: () => void;
  /** It is set up, and recovery codes are shown: what else stands around should go. */
  onCodes?: () => void;
}

/** Set up an authenticator app or a passkey, or make new recovery codes; recovery codes are shown this once. */
export function FactorSetup({ what, confirm, onDone, onCodes }: Props) {
  const [codes, setCodes] = useState<string[]>([]);
  const added = ({ codes: made }: { codes: string[] }) => {
    if (made.length === 0) return onDone();
    setCodes(made);
    onCodes?.();
  };
  if (codes.length) return <ShownOnce codes={codes} onDone={onDone} />;
  if (what === "totp") return <AppSetup confirm={confirm} onAdded={added} />;
  if (what === "webauthn") return <PasskeySetup confirm={confirm} onAdded={added} />;
  return <RenewCodes confirm={confirm} onAdded={added} />;
}

interface StepProps {
  confirm: boolean;
  onAdded: (made: { codes: string[] }) => void;
}

function AppSetup({ confirm, onAdded }: StepProps) {
  const { t } = useTranslation("access");
  const begin = useBeginApp();
  const add = useAddApp();
  if (!begin.data) {
    return (
      <Form<{ password?: string }>
        layout="vertical"
        requiredMark={false}
        className={styles.form}
        onFinish={({ password }) => begin.mutate(password ?? "")}
      >
        <p className={styles.rules}>{t("app.hint")}</p>
        {begin.error && <ProblemView error={begin.error} />}
        {confirm && <PasswordAgain />}
        <Button type="primary" htmlType="submit" loading={begin.isPending}>
          {t("app.begin")}
        </Button>
      </Form>
    );
  }
  const { address, secret } = begin.data;
  return (
    <Form<{ code: string }>
      layout="vertical"
      requiredMark={false}
      className={styles.form}
      onFinish={({ code }) => add.mutate(code, { onSuccess: onAdded })}
    >
      <p className={styles.rules}>{t("app.scan")}</p>
      <div className={styles.qr}>
        <QRCode value={address} size={176} color="#000" bgColor="#fff" bordered={false} />
      </div>
      <p className={styles.rules}>
        {t("app.type")}{" "}
        <Typography.Text code copyable={{ text: secret }}>
          {secret.replace(/(.{4})(?=.)/g, "$1 ")}
        </Typography.Text>
      </p>
      {add.error && <ProblemView error={add.error} />}
      <Form.Item
        name="code"
        label={t("second.code")}
        rules={[{ required: true, message: t("second.codeMissing") }]}
      >
        <Input autoComplete="one-time-code" inputMode="numeric" maxLength={8} autoFocus />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={add.isPending}>
        {t("app.confirm")}
      </Button>
    </Form>
  );
}

function PasskeySetup({ confirm, onAdded }: StepProps) {
  const { t } = useTranslation("access");
  const add = useAddPasskey();
  return (
    <Form<{ name: string; password?: string }>
      layout="vertical"
      requiredMark={false}
      className={styles.form}
      onFinish={({ name, password }) =>
        add.mutate({ name, password: password ?? "" }, { onSuccess: onAdded })
      }
    >
      <p className={styles.rules}>{t("passkey.hint")}</p>
      {add.error && <ProblemView error={add.error} />}
      <Form.Item
        name="name"
        label={t("passkey.name")}
        rules={[{ required: true, whitespace: true, message: t("passkey.nameMissing") }]}
      >
        <Input maxLength={40} placeholder={t("passkey.example")} autoFocus />
      </Form.Item>
      {confirm && <PasswordAgain />}
      <Button type="primary" htmlType="submit" loading={add.isPending}>
        {t("passkey.add")}
      </Button>
    </Form>
  );
}

function RenewCodes({ confirm, onAdded }: StepProps) {
  const { t } = useTranslation("access");
  const renew = useRenewCodes();
  return (
    <Form<{ password?: string }>
      layout="vertical"
      requiredMark={false}
      className={styles.form}
      onFinish={({ password }) => renew.mutate(password ?? "", { onSuccess: onAdded })}
    >
      <p className={styles.rules}>{t("codes.renewHint")}</p>
      {renew.error && <ProblemView error={renew.error} />}
      {confirm && <PasswordAgain />}
      <Button type="primary" htmlType="submit" loading={renew.isPending}>
        {t("codes.renew")}
      </Button>
    </Form>
  );
}

export function PasswordAgain() {
  const { t } = useTranslation("access");
  return (
    <Form.Item
      name="password"
      label={t("password.old")}
      extra={t("password.why")}
      rules={[{ required: true, message: t("passwordMissing") }]}
    >
      <Input.Password autoComplete="current-password" />
    </Form.Item>
  );
}

function ShownOnce({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation("access");
  return (
    <div className={styles.form}>
      <Alert type="success" showIcon title={t("codes.done")} description={t("codes.keep")} />
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.ways}>
        <Typography.Text copyable={{ text: codes.join("\n") }}>{t("codes.copy")}</Typography.Text>
        <Button type="primary" onClick={onDone}>
          {t("codes.kept")}
        </Button>
      </div>
    </div>
  );
}
