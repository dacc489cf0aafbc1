"""The addresses under /compte/ of the lists that a person keeps."""

from django.urls import path

from frontend.views import guest_list, listings

patterns = [
    path("listes/", listings.own_listings, name="listings"),
    path("listes/nouvelle/", listings.KeepListing.as_view(), name="listing_new"),
    path("listes/ajouter/<str:initiative>/", listings.AddToListing.as_view(), name="listing_add"),
    path("listes/<str:slug>/", listings.listing, name="listing"),
    path("listes/<str:slug>/nom/", listings.NameListing.as_view(), name="listing_name"),
    path("listes/<str:slug>/contenu/", listings.ListingContent.as_view(), name="listing_content"),
    path("listes/<str:slug>/figer/", listings.freeze, name="listing_freeze"),
    path("listes/<str:slug>/rendre-vivante/", listings.unfreeze, name="listing_unfreeze"),
    path("listes/<str:slug>/changer-le-lien/", listings.renew_key, name="listing_renew"),
    path("listes/<str:slug>/effacer/", listings.DiscardListing.as_view(), name="listing_discard"),
    path("evenements/<str:slug>/liste/", guest_list.GuestList.as_view(), name="event_guest_list"),
]
