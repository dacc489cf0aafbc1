"""Signing in by a provider of OpenID Connect (ProConnect, a federation's own): allauth's, made strict.

Beside what allauth does (state, PKCE): a nonce, that the signed identity must bear; its signature checked
always; identities told as a signed JWT, as ProConnect does; an answer that makes no sense gets the page of a
failed sign-in, not a 500. A provider never opens an account that was made here, whatever address it tells:
the owner links the two from inside (SOCIALACCOUNT_EMAIL_AUTHENTICATION stays off).
"""
