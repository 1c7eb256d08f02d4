"""Pages of the sign-in beyond the admin's own; mounted under the admin's prefix, before it."""

from django.urls import path

from ivent_site.cognito import views

app_name = "cognito"
urlpatterns = [
    path("login/new-password/", views.NewPasswordView.as_view(), name="new_password"),
    path("login/code/", views.CodeView.as_view(), name="code"),
    path("login/hosted/", views.HostedSignInView.as_view(), name="hosted"),
    path("login/callback/", views.HostedCallbackView.as_view(), name="callback"),
]
