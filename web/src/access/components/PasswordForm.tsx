import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useChangePassword, type Security } from "../api";
import styles from "./access.module.css";

interface Fields {
  old_password: string;
  password: string;
  again: string;
}

/** Take a new password; the rules stand above, and the server says which one is broken. */
export function PasswordForm({ rules, onDone }: { rules: Security; onDone: () => void }) {
  const { t } = useTranslation("access");
  const [form] = Form.useForm<Fields>();
  const change = useChangePassword();
  const finish = ({ old_password, password }: Fields) =>
    change.mutate(
      { old_password, password },
      {
        onSuccess() {
          form.resetFields();
          onDone();
        },
      },
    );
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={finish} className={styles.form}>
      <p className={styles.rules}>
        {t("password.rules", {
          length: rules.min_length,
          classes: rules.classes,
          remembered: rules.remembered,
        })}
      </p>
      {change.error && <ProblemView error={change.error} />}
      <Form.Item
        name="old_password"
        label={t("password.old")}
        rules={[{ required: true, message: t("passwordMissing") }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="password"
        label={t("password.new")}
        rules={[
          { required: true, message: t("passwordMissing") },
          { min: rules.min_length, message: t("password.short", { length: rules.min_length }) },
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("password.again")}
        dependencies={["password"]}
        rules={[
          { required: true, message: t("passwordMissing") },
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              !value || value === getFieldValue("password")
                ? Promise.resolve()
                : Promise.reject(new Error(t("password.differ"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={change.isPending}>
        {t("password.change")}
      </Button>
    </Form>
  );
}
