"""The server's side of Kerberos: whose ticket for this service it is. MIT's library looks at the ticket."""
import os


def user(token, settings):
    """"DOMAIN\\name", or None: the token proves nobody."""
    if not settings.get("keytab"):
        return None
    import gssapi  # of those tests alone
    os.environ.update(KRB5_CONFIG=settings["krb5_conf"], KRB5_KTNAME=settings["keytab"], KRB5RCACHETYPE="none")
    try:
        context = gssapi.SecurityContext(creds=gssapi.Credentials(usage="accept"), usage="accept")
        context.step(token)
    except gssapi.exceptions.GSSError as error:
        print(f"kerberos: {error}", flush=True)
        return None
    name, _, realm = str(context.initiator_name).partition("@")
    return f"{realm.split('.')[0]}\\{name}" if context.complete else None
