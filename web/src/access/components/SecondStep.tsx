import { KeyOutlined } from "@ant-design/icons";
import { Button, Form, Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useSecondStep, type Kind } from "../api";
import { passkeysWork } from "../passkeys";
import styles from "./access.module.css";

interface Props {
  kinds: Kind[];
  onDone: () => void;
  onBack: () => void;
}

/** The password was right; now the code of the app, a passkey, or a recovery code. */
export function SecondStep({ kinds, onDone, onBack }: Props) {
  const { t } = useTranslation("access");
  const step = useSecondStep();
  const passkey = kinds.includes("webauthn") && passkeysWork();
  const app = kinds.includes("totp");
  const [recovering, setRecovering] = useState(false);
  const asked = useRef(false);
  const show = (code?: string) => step.mutate(code, { onSuccess: onDone });

  useEffect(() => {
    if (!passkey || app || asked.current) return;
    asked.current = true; // the only way there is: ask for it at once
    show();
  });

  const late = step.error?.code === "sign_in_again";
  return (
    <>
      <h2 className={styles.step}>{t("second.title")}</h2>
      {step.error && <ProblemView error={step.error} />}
      {!late && passkey && (
        <Button
          size="large"
          type={app ? "default" : "primary"}
          icon={<KeyOutlined />}
          block
          loading={step.isPending && step.variables === undefined}
          onClick={() => show()}
        >
          {t("second.passkey")}
        </Button>
      )}
      {!late && (app || recovering) && (
        <Form<{ code: string }>
          key={recovering ? "recovery" : "app"}
          layout="vertical"
          requiredMark={false}
          size="large"
          onFinish={({ code }) => show(code)}
        >
          <Form.Item
            name="code"
            label={t(recovering ? "second.recoveryCode" : "second.code")}
            extra={t(recovering ? "second.recoveryHint" : "second.codeHint")}
            rules={[{ required: true, message: t("second.codeMissing") }]}
          >
            <Input autoFocus autoComplete="one-time-code" inputMode="numeric" maxLength={12} />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={step.isPending && !!step.variables}>
            {t("signIn")}
          </Button>
        </Form>
      )}
      <div className={styles.ways}>
        {!late && kinds.includes("recovery_codes") && (app || !recovering) && (
          <Button type="link" onClick={() => setRecovering(!recovering)}>
            {t(recovering ? "second.useApp" : "second.useRecovery")}
          </Button>
        )}
        <Button type="link" onClick={onBack}>
          {t("second.back")}
        </Button>
      </div>
    </>
  );
}
