import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { Logo } from "@/app/components/Logo";
import { ProblemView } from "@/shared/components/ProblemView";
import { preferences, usePreferences } from "@/shared/preferences";
import { useDemoLogins, useSignIn, type Kind } from "../api";
import { DemoLogins } from "../components/DemoLogins";
import { SecondStep } from "../components/SecondStep";
import { SsoWays } from "../components/SsoWays";
import styles from "../components/access.module.css";
import { safeReturn } from "../return";

interface Fields {
  emp_no: string;
  password: string;
}

const KINDS: Kind[] = ["totp", "webauthn", "recovery_codes"];

/** Coming back from the single sign-on, the address says which second step is awaited. */
function awaited(named: string | null): Kind[] | null {
  const kinds = KINDS.filter((kind) => named?.split(",").includes(kind));
  return kinds.length ? kinds : null;
}

export function Component() {
  const { t, i18n } = useTranslation(["access", "shared"]);
  const [form] = Form.useForm<Fields>();
  const [params] = useSearchParams();
  const { language } = usePreferences();
  const navigate = useNavigate();
  const signIn = useSignIn();
  const demo = useDemoLogins();
  const [kinds, setKinds] = useState(() => awaited(params.get("second")));

  const back = safeReturn(params.get("return"));
  const go = () => void navigate(back, { replace: true });
  const enter = (body: Fields) =>
    signIn.mutate(body, {
      onSuccess: (answer) => ("kinds" in answer ? setKinds(answer.kinds) : go()),
    });
  const ended = `shared:problem.${params.get("ended")}`;
  const told = params.has("ended") && i18n.exists(`${ended}.title`);

  return (
    <main className={styles.page}>
      <div className={styles.language}>
        <Button
          type="text"
          onClick={() => preferences.set({ language: language === "en" ? "zh-hans" : "en" })}
        >
          {t("otherLanguage")}
        </Button>
      </div>
      <section className={styles.card}>
        <div className={styles.brand}>
          <Logo size={40} />
          <div>
            <h1>{t("brand")}</h1>
            <p>{t("promise")}</p>
          </div>
        </div>
        {kinds ? (
          <SecondStep
            kinds={kinds}
            onDone={go}
            onBack={() => {
              setKinds(null);
              signIn.reset();
            }}
          />
        ) : (
          <>
            {told && !signIn.error && (
              <Alert
                type="warning"
                showIcon
                role="alert"
                title={t(`${ended}.title`)}
                description={t(`${ended}.remedy`)}
              />
            )}
            {params.has("return") && !told && !signIn.error && (
              <p className={styles.note}>{t("returning")}</p>
            )}
            {signIn.error && <ProblemView error={signIn.error} />}
            <Form form={form} layout="vertical" requiredMark={false} onFinish={enter} size="large">
              <Form.Item
                name="emp_no"
                label={t("empNo")}
                rules={[{ required: true, message: t("empNoMissing") }]}
              >
                <Input autoComplete="username" autoFocus inputMode="text" />
              </Form.Item>
              <Form.Item
                name="password"
                label={t("password.label")}
                rules={[{ required: true, message: t("passwordMissing") }]}
              >
                <Input.Password autoComplete="current-password" />
              </Form.Item>
              <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
                {t("signIn")}
              </Button>
            </Form>
            <SsoWays next={back} />
            <p className={styles.help}>{t("help")}</p>
          </>
        )}
      </section>
      {!kinds && demo.data && demo.data.length > 0 && (
        <DemoLogins logins={demo.data} busy={signIn.isPending} onPick={enter} />
      )}
    </main>
  );
}
