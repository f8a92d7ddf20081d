import { LoginOutlined } from "@ant-design/icons";
import { Button, Divider } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { token } from "@/app/client";
import { usePreferences } from "@/shared/preferences";
import { useSignInWays } from "../api";

/** The bank's single sign-on: a form leaves for it with the page's token, so that no foreign link can. */
export function SsoWays({ next }: { next: string }) {
  const { t } = useTranslation("access");
  const { language } = usePreferences();
  const ways = useSignInWays();
  const [leaving, setLeaving] = useState("");
  if (!ways.data?.length) return null;
  const leave = async (address: string) => {
    setLeaving(address);
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: await token(), next })) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  };
  return (
    <>
      <Divider plain>{t("sso.or")}</Divider>
      {ways.data.map(({ address, zh, en }) => (
        <Button
          key={address}
          size="large"
          block
          icon={<LoginOutlined />}
          loading={leaving === address}
          onClick={() => void leave(address)}
        >
          {language === "en" ? en : zh}
        </Button>
      ))}
    </>
  );
}
