import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { Logo } from "@/app/components/Logo";
import { ProblemView } from "@/shared/components/ProblemView";
import { preferences, usePreferences } from "@/shared/preferences";
import { useDemoLogins, useSignIn } from "../api";
import { DemoLogins } from "../components/DemoLogins";
import styles from "../components/access.module.css";
import { safeReturn } from "../return";

interface Fields {
  emp_no: string;
  password: string;
}

export function Component() {
  const { t } = useTranslation("access");
  const [form] = Form.useForm<Fields>();
  const [params] = useSearchParams();
  const { language } = usePreferences();
  const navigate = useNavigate();
  const signIn = useSignIn();
  const demo = useDemoLogins();

  const enter = (body: Fields) =>
    signIn.mutate(body, {
      onSuccess: () => void navigate(safeReturn(params.get("return")), { replace: true }),
    });

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
        {params.has("return") && !signIn.error && <p className={styles.note}>{t("returning")}</p>}
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
            label={t("password")}
            rules={[{ required: true, message: t("passwordMissing") }]}
          >
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
            {t("signIn")}
          </Button>
        </Form>
        <p className={styles.help}>{t("help")}</p>
      </section>
      {demo.data && demo.data.length > 0 && (
        <DemoLogins logins={demo.data} busy={signIn.isPending} onPick={enter} />
      )}
    </main>
  );
}
